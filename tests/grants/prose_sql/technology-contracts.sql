-- technology-contracts 技术合同交易奖补: what the clauses were understood to say
-- 一 district 320114; active.
-- 二 sold less sold to related parties >= 100 wan: 0.5 % of that, otherwise nothing.
-- 三 bought >= 50 wan: 2 %, otherwise nothing.
-- 四 at least one of the two; added, down to 1 yuan, at most 80 wan; no serious dishonesty, no dishonest
--    debtor.
SELECT firm, '' AS stage, LEAST(gross, 80 * wan)::BIGINT AS fen
FROM (
    SELECT firm, wan,
           (CASE WHEN tech_sold_y1 - tech_sold_related_y1 >= 100 * wan
                 THEN (tech_sold_y1::HUGEINT - tech_sold_related_y1) * 5
                 WHEN tech_sold_y1 - tech_sold_related_y1 < 100 * wan THEN 0 END
            + CASE WHEN tech_bought_y1 >= 50 * wan THEN tech_bought_y1::HUGEINT * 20
                   WHEN tech_bought_y1 < 50 * wan THEN 0 END) // (1000 * yuan) * yuan AS gross
    FROM firms, today, (SELECT 100::HUGEINT AS yuan, 1000000::HUGEINT AS wan)
    WHERE day BETWEEN DATE '2026-01-01' AND DATE '2027-12-31'
      AND district = '320114' AND status = 'active'
      AND (tech_sold_y1 - tech_sold_related_y1 >= 100 * wan OR tech_bought_y1 >= 50 * wan)
      AND NOT serious_dishonesty AND NOT dishonest_debtor
)
WHERE gross > 0
