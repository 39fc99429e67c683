-- circular-economy 资源循环利用项目补助: what the clauses were understood to say
-- 一 district 320114; environmental approval granted or lawfully exempt.
-- 二 environmental rating green or blue.
-- 三 reused / produced waste >= 60 %; nothing produced: unknown.
-- 四 investment >= 100 wan; 8 % of it, green 10 %, down to 100 yuan, at most 150 wan.
-- 五 no environmental penalty last year, no hazardous-waste record (the rest is clawback).
SELECT firm, '' AS stage, LEAST(gross, 150 * wan)::BIGINT AS fen
FROM (
    SELECT firm, wan,
           circular_invest_y1 * CASE env_rating WHEN 'green' THEN 10::HUGEINT WHEN 'blue' THEN 8 END
           // (100 * 100 * yuan) * (100 * yuan) AS gross
    FROM firms, today, (SELECT 100::HUGEINT AS yuan, 1000000::HUGEINT AS wan)
    WHERE day >= DATE '2026-01-01'
      AND district = '320114' AND env_approval IN ('approved', 'exempt')
      AND env_rating IN ('green', 'blue')
      AND CASE WHEN waste_total_t_y1 > 0 THEN waste_reused_t_y1 * 100::HUGEINT >= 60 * waste_total_t_y1::HUGEINT END
      AND circular_invest_y1 >= 100 * wan
      AND NOT env_penalty_y1 AND NOT hazardous_waste_record
)
WHERE gross > 0
