"""DynamoDB: what every table of ours shares."""
