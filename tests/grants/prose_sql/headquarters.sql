-- headquarters 总部企业落户奖励（三年分期）: what the clauses were understood to say
-- 一 district 320114; company; comprehensive, functional or regional headquarters, newly brought in;
--    recognised from 2024-01-01.
-- 二 capital paid in >= 5000 wan.
-- 三 stage 落户: recognised on or before the day, later than the day 12 months back; capital from 5000 wan 100,
--    1 yi 200, 5 yi 500 wan.
-- 四 stage 次年: 12 months full, 24 not yet; tax paid here >= 2000 wan (the tax bureau says); comprehensive 200,
--    other 100 wan.
-- 五 stage 第三年: 24 months full, 36 not yet; tax grew >= 5 %; comprehensive 200, other 100 wan; all stages at
--    most 800 wan.
-- 六 no dishonest debtor, no serious dishonesty.
WITH fit AS (
    SELECT *, CASE hq_kind WHEN 'comprehensive' THEN 200 * wan ELSE 100 * wan END AS later
    FROM firms, today, (SELECT 1000000::HUGEINT AS wan)
    WHERE day >= DATE '2024-01-01' AND hq_recognised_on >= DATE '2024-01-01'
      AND district = '320114' AND entity_type = 'company'
      AND hq_kind IN ('comprehensive', 'functional', 'regional') AND hq_new_here
      AND capital_paid_in >= 5000 * wan
      AND NOT dishonest_debtor AND NOT serious_dishonesty
)
-- The three windows exclude one another, so the cap of 800 wan never bites within one decision.
SELECT firm, '落户' AS stage,
       (CASE WHEN capital_paid_in >= 50000 * wan THEN 500 * wan
             WHEN capital_paid_in >= 10000 * wan THEN 200 * wan
             ELSE 100 * wan END)::BIGINT AS fen
FROM fit WHERE hq_recognised_on <= day AND hq_recognised_on > day - INTERVAL 12 MONTH
UNION ALL
SELECT firm, '次年', later::BIGINT
FROM fit
WHERE hq_recognised_on <= day - INTERVAL 12 MONTH AND hq_recognised_on > day - INTERVAL 24 MONTH
  AND tax_paid_over_20m
UNION ALL
SELECT firm, '第三年', later::BIGINT
FROM fit
WHERE hq_recognised_on <= day - INTERVAL 24 MONTH AND hq_recognised_on > day - INTERVAL 36 MONTH
  AND tax_growth_over_5pct
