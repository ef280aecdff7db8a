-- Calls of a campaign that people answered, by the hour of UTC (since 1970) in which they began; dropped: at how many of them nobody of ours
-- was. The ledger's own numbers, ready for the laws that limit their share.
CREATE TABLE answered_calls (
    tenant_id   BIGINT NOT NULL,
    campaign_id BIGINT NOT NULL,
    hour        BIGINT NOT NULL,
    answered    BIGINT NOT NULL,
    dropped     BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, campaign_id, hour)
) WITHOUT ROWID;
INSERT INTO answered_calls (tenant_id, campaign_id, hour, answered, dropped)
SELECT tenant_id, campaign_id, began_at / 3600000, COUNT(*), SUM(CASE came WHEN 'dropped' THEN 1 ELSE 0 END)
FROM outreach_attempts WHERE channel = 'voice' AND campaign_id IS NOT NULL AND came IN ('answered', 'dropped')
GROUP BY tenant_id, campaign_id, began_at / 3600000;
