"""DynamoDB: what all of our tables share."""
