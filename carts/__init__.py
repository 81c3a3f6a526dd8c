"""A basket before it is an order; all of it in DynamoDB."""
