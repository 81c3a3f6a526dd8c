"""The demo catalogue: its products, its customers and the pictures drawn for them. No Django in here."""
