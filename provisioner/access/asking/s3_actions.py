"""The actions of S3 that can be asked about, and what each is asked of.

Service Authorization Reference, "Actions, resources, and condition keys for Amazon S3": those whose resource is an
object or a bucket. Those of access points, batch jobs and the account are about no place that a dataset has.
"""

from typing import Final

ON_OBJECTS: Final = frozenset(
    {
        *("AbortMultipartUpload", "BypassGovernanceRetention", "DeleteObject", "DeleteObjectAnnotation"),
        *("DeleteObjectTagging", "DeleteObjectVersion", "DeleteObjectVersionAnnotation"),
        *("DeleteObjectVersionTagging", "GetObject", "GetObjectAcl", "GetObjectAnnotation", "GetObjectAttributes"),
        *("GetObjectLegalHold", "GetObjectRetention", "GetObjectTagging", "GetObjectTorrent", "GetObjectVersion"),
        *("GetObjectVersionAcl", "GetObjectVersionAnnotation", "GetObjectVersionAnnotationForReplication"),
        *("GetObjectVersionAttributes", "GetObjectVersionForReplication", "GetObjectVersionTagging"),
        *("GetObjectVersionTorrent", "InitiateReplication", "ListMultipartUploadParts", "ListObjectAnnotations"),
        *("ListObjectVersionAnnotations", "ObjectOwnerOverrideToBucketOwner", "PutObject", "PutObjectAcl"),
        *("PutObjectAnnotation", "PutObjectLegalHold", "PutObjectRetention", "PutObjectTagging"),
        *("PutObjectVersionAcl", "PutObjectVersionAnnotation", "PutObjectVersionTagging", "ReplicateDelete"),
        *("ReplicateObject", "ReplicateObjectAnnotation", "ReplicateTags", "RestoreObject", "UpdateObjectEncryption"),
    }
)
"""Asked of an object."""
ON_BUCKETS: Final = frozenset(
    {
        *("AllowVendedLogDeliveryForResource", "CreateBucket", "CreateBucketMetadataTableConfiguration"),
        *("DeleteBucket", "DeleteBucketMetadataTableConfiguration", "DeleteBucketPolicy", "DeleteBucketWebsite"),
        *("GetAccelerateConfiguration", "GetAnalyticsConfiguration", "GetBucketAbac", "GetBucketAcl"),
        *("GetBucketCORS", "GetBucketLocation", "GetBucketLogging", "GetBucketMetadataTableConfiguration"),
        *("GetBucketNotification", "GetBucketObjectLockConfiguration", "GetBucketOwnershipControls"),
        *("GetBucketPolicy", "GetBucketPolicyStatus", "GetBucketPublicAccessBlock", "GetBucketRequestPayment"),
        *("GetBucketTagging", "GetBucketVersioning", "GetBucketWebsite", "GetEncryptionConfiguration"),
        *("GetIntelligentTieringConfiguration", "GetInventoryConfiguration", "GetLifecycleConfiguration"),
        *("GetMetricsConfiguration", "GetReplicationConfiguration", "ListBucket", "ListBucketMultipartUploads"),
        *("ListBucketVersions", "ListTagsForResource", "PauseReplication", "PutAccelerateConfiguration"),
        *("PutAnalyticsConfiguration", "PutBucketAbac", "PutBucketAcl", "PutBucketCORS", "PutBucketLogging"),
        *("PutBucketNotification", "PutBucketObjectLockConfiguration", "PutBucketOwnershipControls"),
        *("PutBucketPolicy", "PutBucketPublicAccessBlock", "PutBucketRequestPayment", "PutBucketTagging"),
        *("PutBucketVersioning", "PutBucketWebsite", "PutEncryptionConfiguration"),
        *("PutIntelligentTieringConfiguration", "PutInventoryConfiguration", "PutLifecycleConfiguration"),
        *("PutMetricsConfiguration", "PutReplicationConfiguration", "TagResource", "UntagResource"),
        *("UpdateBucketMetadataAnnotationTableConfiguration", "UpdateBucketMetadataInventoryTableConfiguration"),
        "UpdateBucketMetadataJournalTableConfiguration",
    }
)
"""Asked of a bucket."""
WITH_PREFIX: Final = frozenset({"ListBucket", "ListBucketVersions"})
"""Those on a bucket that say by `s3:prefix` which keys they are about."""
