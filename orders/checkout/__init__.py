"""From a cart to an order: the checkout's session, its pages, and placing the order."""
