"""What an order costs: items, delivery, tax and vouchers."""
