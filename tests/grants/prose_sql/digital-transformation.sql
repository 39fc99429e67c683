-- digital-transformation 智改数转项目投入补助: what the clauses were understood to say
-- 一 district 320114; reports directly to statistics; industry not I63, I64, I65.
-- 二 diagnosis done on or before the day, later than the day 24 months back.
-- 三 investment >= 500 wan, or >= 200 wan of which software >= 30 % (zero: unknown).
-- 四 10 % of it, half-up to 1 yuan, less superior subsidies, at most 200 wan (pro rata comes later).
-- 五 no serious dishonesty, no environmental penalty, no safety accident.
-- 六 clawback only.
SELECT firm, '' AS stage, LEAST(gross, 200 * wan)::BIGINT AS fen
FROM (
    SELECT firm, wan,
           (2 * 10 * digital_invest_y1::HUGEINT + 100 * yuan) // (2 * 100 * yuan) * yuan - digital_superior_fen AS gross
    FROM firms, today, (SELECT 100::HUGEINT AS yuan, 1000000::HUGEINT AS wan)
    WHERE day >= DATE '2026-01-01'
      AND district = '320114' AND direct_report AND industry NOT IN ('I63', 'I64', 'I65')
      AND digital_diagnosed_on <= day AND digital_diagnosed_on > day - INTERVAL 24 MONTH
      AND (digital_invest_y1 >= 500 * wan
           OR (digital_invest_y1 >= 200 * wan
               AND CASE WHEN digital_invest_y1 > 0
                        THEN digital_software_y1::HUGEINT * 100 >= 30 * digital_invest_y1::HUGEINT END))
      AND NOT serious_dishonesty AND NOT env_penalty_y1 AND NOT safety_accident_y1
)
WHERE gross > 0
