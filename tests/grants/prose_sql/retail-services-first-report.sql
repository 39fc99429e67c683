-- retail-services-first-report 限上商贸、规上服务业企业首次入库奖励: what the clauses were understood to say
-- 一 district 320114; entered the direct report for the first time in the calendar year before the day, still
--    in it.
-- 二 revenue >= 2000 wan wholesale, 500 retail, 200 hospitality, 1000 services; no other kind.
-- 三 sole trader 5 wan, others 20 wan (the difference to the industrial award comes later).
-- 四 no false statistics.
SELECT firm, '' AS stage, gross::BIGINT AS fen
FROM (
    SELECT firm, CASE WHEN entity_type = 'sole-trader' THEN 5 * wan WHEN entity_type <> 'sole-trader' THEN 20 * wan END AS gross
    FROM firms, today, (SELECT 1000000::HUGEINT AS wan)
    WHERE day >= DATE '2025-01-01'
      AND district = '320114' AND direct_report AND direct_report_first
      AND year(direct_report_since) = year(day) - 1
      AND ((direct_report_kind = 'wholesale' AND revenue_y1 >= 2000 * wan)
           OR (direct_report_kind = 'retail' AND revenue_y1 >= 500 * wan)
           OR (direct_report_kind = 'hospitality' AND revenue_y1 >= 200 * wan)
           OR (direct_report_kind = 'services' AND revenue_y1 >= 1000 * wan))
      AND NOT false_reporting
)
WHERE gross > 0
