"""What Trivet runs on: the development stack, the Lambdas, the Flink job and the Terraform
modules.
"""
