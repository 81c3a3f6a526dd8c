"""Everything Trivet runs on: the development stack, Lambdas, Flink job and Terraform modules."""
