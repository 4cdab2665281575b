"""What `topics.engine` runs on besides this process; nothing else imports it."""
