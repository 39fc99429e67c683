-- ip-management 知识产权管理体系贯标奖励: what the clauses were understood to say
-- 一 district 320114; not on the abnormal list.
-- 二 valid certificate by GB/T 29490 or ISO 56005, first issued on or before the day, later than the day 12
--    months back.
-- 三 at least 1 patent granted last year, or high-tech.
-- 四 ISO 56005 5 wan, GB/T 29490 3 wan.
SELECT firm, '' AS stage, CASE ip_management_std WHEN 'ISO56005' THEN 5000000::BIGINT ELSE 3000000 END AS fen
FROM firms, today
WHERE day >= DATE '2024-01-01'
  AND district = '320114' AND NOT abnormal_operation
  AND ip_management_valid AND ip_management_std IN ('GB29490', 'ISO56005')
  AND ip_management_on <= day AND ip_management_on > day - INTERVAL 12 MONTH
  AND (patents_granted_y1 >= 1 OR hi_tech)
