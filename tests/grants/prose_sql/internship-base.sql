-- internship-base 就业见习基地补贴: what the clauses were understood to say
-- 一 district 320114; recognised base whose term ends after the day.
-- 二 at least 1 intern finished; started <= 30 % of those insured at last year's end (zero: unknown); accident
--    cover for all.
-- 三 retained >= 50 % of those who finished: 2000 yuan a month of internship, else 1500; at most 30 wan.
-- 四 no labour dispatch firm.
-- 五 no large unrepaired penalty.
SELECT firm, '' AS stage, LEAST(gross, 30 * wan)::BIGINT AS fen
FROM (
    SELECT firm, wan,
           intern_months_y1 * yuan
           * CASE WHEN interns_retained_y1 * 100::HUGEINT >= 50 * interns_completed_y1::HUGEINT THEN 2000
                  WHEN interns_retained_y1 * 100::HUGEINT < 50 * interns_completed_y1::HUGEINT THEN 1500 END AS gross
    FROM firms, today, (SELECT 100::HUGEINT AS yuan, 1000000::HUGEINT AS wan)
    WHERE day >= DATE '2025-01-01'
      AND district = '320114' AND internship_base AND internship_base_until > day
      AND interns_completed_y1 >= 1
      AND CASE WHEN insured_end_y1 > 0 THEN interns_started_y1 * 100::HUGEINT <= 30 * insured_end_y1::HUGEINT END
      AND intern_accident_cover
      AND NOT is_dispatch
      AND NOT major_penalty_1y
)
WHERE gross > 0
