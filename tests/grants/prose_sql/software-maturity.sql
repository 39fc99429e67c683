-- software-maturity 软件能力成熟度与信息安全认证奖励: what the clauses were understood to say
-- 一 district 320114; software firm.
-- 二 maturity level >= 3, certificate issued in the calendar year before the day: level 3 10, 4 20, 5 30 wan.
-- 三 information security certified for the first time, issued in that year: 3 wan.
-- 四 at least one of the two; added, less superior awards.
-- 五 not on the abnormal list, nor on the list of wage arrears.
SELECT firm, '' AS stage, gross::BIGINT AS fen
FROM (
    SELECT firm,
           CASE WHEN mature THEN CASE WHEN cmmi_level >= 5 THEN 30 * wan WHEN cmmi_level = 4 THEN 20 * wan ELSE 10 * wan END
                WHEN NOT mature THEN 0 END
           + CASE WHEN safe THEN 3 * wan WHEN NOT safe THEN 0 END
           - certification_superior_y1 AS gross
    FROM (
        SELECT *,
               cmmi_level >= 3 AND year(cmmi_on) = year(day) - 1 AS mature,
               infosec_certified AND infosec_first AND year(infosec_on) = year(day) - 1 AS safe
        FROM firms, today, (SELECT 1000000::HUGEINT AS wan)
    )
    WHERE day >= DATE '2026-01-01'
      AND district = '320114' AND software_firm
      AND (mature OR safe)
      AND NOT abnormal_operation AND NOT wage_arrears
)
WHERE gross > 0
