-- night-economy 夜间经济经营补贴: what the clauses were understood to say
-- 一 district 320114; active company, partnership or sole trader; industry F52, H62, R88 or R90.
-- 二 night opening filed on 2025-06-30 at the latest.
-- 三 nights: in the quarter >= 200, outside >= 260; 260 are enough wherever it is.
-- 四 sole trader 3000 yuan; others from 200 nights 5000, from 300 nights 8000 yuan.
-- 五 no environmental penalty, no food penalty last year.
SELECT firm, '' AS stage, gross::BIGINT AS fen
FROM (
    SELECT firm,
           CASE WHEN entity_type = 'sole-trader' THEN 3000 * yuan
                WHEN night_days_y1 >= 300 THEN 8000 * yuan
                WHEN night_days_y1 >= 200 THEN 5000 * yuan END AS gross
    FROM firms, today, (SELECT 100::HUGEINT AS yuan)
    WHERE day BETWEEN DATE '2026-01-01' AND DATE '2026-12-31'
      AND district = '320114' AND status = 'active' AND entity_type IN ('company', 'partnership', 'sole-trader')
      AND industry IN ('F52', 'H62', 'R88', 'R90')
      AND night_filed AND night_filed_on <= DATE '2025-06-30'
      AND (night_days_y1 >= 260 OR (night_in_quarter AND night_days_y1 >= 200))
      AND NOT env_penalty_y1 AND NOT food_penalty_y1
)
WHERE gross > 0
