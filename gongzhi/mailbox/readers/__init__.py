"""What strangers write, read within bounds: mails, and the callbacks of messengers."""
