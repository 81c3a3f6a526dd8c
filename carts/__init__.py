"""Shopping carts, stored entirely in DynamoDB until they become orders."""
