"""What a release may do to tables that the code of the release before still uses."""
