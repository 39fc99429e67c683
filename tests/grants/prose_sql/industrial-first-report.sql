-- industrial-first-report 小升规（规上工业企业首次入库）奖励: what the clauses were understood to say
-- 一 district 320114; now in the direct report as industry.
-- 二 for the first time, from 2024-01-01.
-- 三 stage 首年: the day lies in the calendar year of entry or the next; entered from 2025-01-01 30 wan, before
--    20 wan.
-- 四 stage 稳规: the day lies in the year after entry, still reporting, revenue >= 2000 wan; entered from
--    2025-01-01 20 wan, before 10 wan; unknown revenue leaves the other stage alone.
-- 五 no false statistics, no dishonest debtor (the rest is clawback).
WITH fit AS (
    SELECT firm, revenue_y1, wan,
           year(day) - year(direct_report_since) AS years_on,
           direct_report_since >= DATE '2025-01-01' AS late
    FROM firms, today, (SELECT 1000000::HUGEINT AS wan)
    WHERE day >= DATE '2024-01-01'
      AND district = '320114' AND direct_report AND direct_report_kind = 'industry'
      AND direct_report_first AND direct_report_since >= DATE '2024-01-01'
      AND NOT false_reporting AND NOT dishonest_debtor
)
SELECT firm, '首年' AS stage, (CASE WHEN late THEN 30 * wan ELSE 20 * wan END)::BIGINT AS fen
FROM fit WHERE years_on IN (0, 1)
UNION ALL
SELECT firm, '稳规', (CASE WHEN late THEN 20 * wan ELSE 10 * wan END)::BIGINT
FROM fit WHERE years_on = 1 AND revenue_y1 >= 2000 * wan
