SELECT
    cohort_name,
    subscription_name,
    processing_stage,
    start_date,
    currency,
    old_price,
    estimated_new_price,
    new_price,
    billing_period,
    when_estimation_done,
    salesforce_price_rise_id,
    when_sf_show_estimate,
    new_subscription_id,
    when_amendment_done,
    when_notification_sent,
    cancellation_reason
FROM cohort_item
WHERE cohort_name = :cohort
ORDER BY subscription_name
