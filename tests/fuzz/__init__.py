"""What comes from outside, as no writer would write it: every parser, with a kept corpus."""
