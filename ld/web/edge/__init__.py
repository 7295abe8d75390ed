"""What stands around every answer: who asks, through which proxies, how much, and what is written down of it."""
