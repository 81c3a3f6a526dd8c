"""What an order costs: its lines, delivery, tax and vouchers."""
