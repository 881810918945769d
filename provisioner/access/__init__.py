"""What the dataset files mean: who may do what (grants), as AWS is told it (policies), within AWS's limits."""
