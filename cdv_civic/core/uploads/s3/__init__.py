"""Files in a bucket of a service that speaks S3: signatures, one request at a time, and the verbs of a store."""
