"""The AWS services, one package each, named as botocore names them; none imports another."""
