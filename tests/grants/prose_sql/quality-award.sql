-- quality-award 政府质量奖奖励: what the clauses were understood to say
-- 一 district 320114; active.
-- 二 a government quality award, its highest published on or before the day, later than the day 24 months
--    back.
-- 三 national 100, provincial 50, city 20, district 10 wan; a stage for each level.
-- 四 no quality accident, no serious dishonesty.
SELECT firm,
       CASE quality_award WHEN 'national' THEN '国家' WHEN 'province' THEN '省级'
                          WHEN 'city' THEN '市级' WHEN 'district' THEN '区级' END AS stage,
       CASE quality_award WHEN 'national' THEN 100000000::BIGINT WHEN 'province' THEN 50000000
                          WHEN 'city' THEN 20000000 WHEN 'district' THEN 10000000 END AS fen
FROM firms, today
WHERE day >= DATE '2024-01-01'
  AND district = '320114' AND status = 'active'
  AND quality_award IN ('national', 'province', 'city', 'district')
  AND quality_award_on <= day AND quality_award_on > day - INTERVAL 24 MONTH
  AND NOT product_incident AND NOT serious_dishonesty
