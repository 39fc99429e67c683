-- old-age-care 养老服务机构运营补贴: what the clauses were understood to say
-- 一 district 320114; company, social body or sole trader; home filed; fire safety passed.
-- 二 beds used >= 50 % (none: unknown), or opened on or before the day and later than the day 24 months back.
-- 三 300 yuan a month of a disabled person (400 with 4 stars), 100 of another; at most 150 wan.
-- 四 no abuse, no unsupervised prepayments.
SELECT firm, '' AS stage, LEAST(gross, 150 * wan)::BIGINT AS fen
FROM (
    SELECT firm, wan,
           care_disabled_months_y1 * yuan * CASE WHEN care_stars >= 4 THEN 400 WHEN care_stars < 4 THEN 300 END
           + care_other_months_y1 * 100 * yuan AS gross
    FROM firms, today, (SELECT 100::HUGEINT AS yuan, 1000000::HUGEINT AS wan)
    WHERE day >= DATE '2026-01-01'
      AND district = '320114' AND entity_type IN ('company', 'social-body', 'sole-trader')
      AND care_filed AND care_fire_passed
      AND (CASE WHEN care_beds > 0 THEN care_beds_used * 100::HUGEINT >= 50 * care_beds::HUGEINT END
           OR (care_opened_on <= day AND care_opened_on > day - INTERVAL 24 MONTH))
      AND NOT care_abuse_y1 AND NOT care_prepaid_unsupervised
)
WHERE gross > 0
