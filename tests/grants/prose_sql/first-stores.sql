-- first-stores 首店引进奖励: what the clauses were understood to say
-- 2025 (opened in 2025)
-- 一 district 320114; global, national, provincial or city first store.
-- 二 >= 150 sqm, a global one any size.
-- 三 opened on or before the day, later than the day 24 months back.
-- 四 global 100, national 50, provincial 20, city 10 wan.
-- 五 not closed.
-- 2026 (opened from 2026-01-01)
-- 一 as before.
-- 二 opened on or before the day, later than the day 18 months back.
-- 三 a city first store >= 100 sqm, others any; lease until 2028-12-31 or later.
-- 四 fit-out >= 30 wan; global and national 25 %, others 15 %, down to 1000 yuan, less other awards, at most
--    120 wan.
-- 五 not closed; no food penalty last year.
SELECT firm, '' AS stage, gross::BIGINT AS fen
FROM (
    SELECT firm,
           CASE first_store_level
               WHEN 'global' THEN 100 * wan WHEN 'national' THEN 50 * wan
               WHEN 'province' THEN 20 * wan WHEN 'city' THEN 10 * wan
           END AS gross
    FROM firms, today, (SELECT 1000000::HUGEINT AS wan)
    WHERE store_opened_on BETWEEN DATE '2025-01-01' AND DATE '2025-12-31'
      AND district = '320114' AND first_store_level IN ('city', 'province', 'national', 'global')
      AND (store_sqm >= 150 OR first_store_level = 'global')
      AND store_opened_on <= day AND store_opened_on > day - INTERVAL 24 MONTH
      AND NOT store_closed
)
WHERE gross > 0
UNION ALL
SELECT firm, '', LEAST(gross, 120 * wan)::BIGINT
FROM (
    SELECT firm, wan,
           store_fit_out * CASE WHEN first_store_level IN ('global', 'national') THEN 25::HUGEINT ELSE 15 END
           // (100 * 1000 * yuan) * (1000 * yuan) - store_other_fen AS gross
    FROM firms, today, (SELECT 100::HUGEINT AS yuan, 1000000::HUGEINT AS wan)
    WHERE store_opened_on >= DATE '2026-01-01'
      AND district = '320114' AND first_store_level IN ('city', 'province', 'national', 'global')
      AND store_opened_on <= day AND store_opened_on > day - INTERVAL 18 MONTH
      AND (first_store_level <> 'city' OR store_sqm >= 100)
      AND store_lease_until >= DATE '2028-12-31'
      AND store_fit_out >= 30 * wan
      AND NOT store_closed AND NOT food_penalty_y1
)
WHERE gross > 0
