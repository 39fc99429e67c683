-- incubators 科技企业孵化器、加速器绩效奖励: what the clauses were understood to say
-- 一 district 320114; runs a municipal, provincial or national incubator.
-- 二 rated excellent (30 wan) or good (15 wan) last year.
-- 三 high-tech and technology SMEs >= 20 % of the firms inside (none: unknown).
-- 四 >= 3 graduated firms or >= 50 firms inside; from 3 / 5 / 10 graduated another 10 / 20 / 40 wan.
-- 五 no safety accident last year.
SELECT firm, '' AS stage, gross::BIGINT AS fen
FROM (
    SELECT firm,
           CASE incubator_rating_y1 WHEN 'excellent' THEN 30 * wan WHEN 'good' THEN 15 * wan END
           + CASE
               WHEN incubator_graduates_y1 >= 10 THEN 40 * wan
               WHEN incubator_graduates_y1 >= 5 THEN 20 * wan
               WHEN incubator_graduates_y1 >= 3 THEN 10 * wan
               WHEN incubator_graduates_y1 < 3 THEN 0
           END AS gross
    FROM firms, today, (SELECT 1000000::HUGEINT AS wan)
    WHERE day >= DATE '2026-01-01'
      AND district = '320114' AND incubator_level IN ('municipal', 'provincial', 'national')
      AND incubator_rating_y1 IN ('excellent', 'good')
      AND CASE WHEN incubator_firms > 0 THEN incubator_hi_tech * 100::HUGEINT >= 20 * incubator_firms::HUGEINT END
      AND (incubator_graduates_y1 >= 3 OR incubator_firms >= 50)
      AND NOT safety_accident_y1
)
WHERE gross > 0
