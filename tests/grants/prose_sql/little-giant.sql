-- little-giant 专精特新小巨人和制造业单项冠军奖励: what the clauses were understood to say
-- 一 district 320114.
-- 二 little giant published from 2021-01-01, or champion (national, provincial, municipal) from 2025-01-01; on
--    or before the day, later than the day 36 months back.
-- 三 little giant 100 wan, published before 2025 50 wan; champion 50 / 30 / 10 wan; less superior awards; a
--    stage for each title.
-- 四 title not revoked; no serious dishonesty.
SELECT firm, stage, gross::BIGINT AS fen
FROM (
    SELECT firm,
           CASE sme_title WHEN 'little-giant' THEN '小巨人' WHEN 'champion-national' THEN '国家单冠'
                          WHEN 'champion-province' THEN '省级单冠' WHEN 'champion-city' THEN '市级单冠' END AS stage,
           CASE sme_title
               WHEN 'little-giant' THEN CASE WHEN sme_title_on >= DATE '2025-01-01' THEN 100 * wan ELSE 50 * wan END
               WHEN 'champion-national' THEN 50 * wan
               WHEN 'champion-province' THEN 30 * wan
               WHEN 'champion-city' THEN 10 * wan
           END - sme_title_higher AS gross
    FROM firms, today, (SELECT 1000000::HUGEINT AS wan)
    WHERE day >= DATE '2021-01-01'
      AND district = '320114'
      AND ((sme_title = 'little-giant' AND sme_title_on >= DATE '2021-01-01')
           OR (sme_title IN ('champion-national', 'champion-province', 'champion-city')
               AND sme_title_on >= DATE '2025-01-01'))
      AND sme_title_on <= day AND sme_title_on > day - INTERVAL 36 MONTH
      AND NOT sme_title_revoked AND NOT serious_dishonesty
)
WHERE gross > 0
