"""What runs in AWS: copies each object of a push dataset to its target bucket, then deletes it here.

In the Lambda's zip this package is the top-level package `forwarder`, beside `routes.json`. So it imports itself
relatively, boto3 and the standard library, and nothing else of the project.
"""
