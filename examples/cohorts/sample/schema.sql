-- A price rise: the cohorts of subscriptions whose price rises together, and where each of them stands.
CREATE TABLE cohort (
    name text PRIMARY KEY,
    active boolean NOT NULL
);

CREATE TABLE cohort_item (
    cohort_name text NOT NULL REFERENCES cohort,
    subscription_name text NOT NULL,
    processing_stage text NOT NULL,
    start_date date,
    currency text,
    old_price numeric(10, 2),
    estimated_new_price numeric(10, 2),
    new_price numeric(10, 2),
    billing_period text,
    when_estimation_done timestamptz,
    salesforce_price_rise_id text,
    when_sf_show_estimate timestamptz,
    new_subscription_id text,
    when_amendment_done timestamptz,
    when_notification_sent timestamptz,
    cancellation_reason text,
    PRIMARY KEY (cohort_name, subscription_name)
);
