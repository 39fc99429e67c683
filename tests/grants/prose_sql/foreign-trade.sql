-- foreign-trade 外贸企业开拓国际市场补助: what the clauses were understood to say
-- 一 district 320114; medium, small or micro.
-- 二 exports not below the year before, and the year before above zero or last year >= 100 wan.
-- 三 booth fees above zero, or >= 1 new certificate.
-- 四 50 % of the fees + 1 wan a certificate, down to 1 yuan, less superior subsidies, at most 30 wan (first-
--    come budget comes later).
-- 五 customs does not call it dishonest; not on the abnormal list.
SELECT firm, '' AS stage, LEAST(gross, 30 * wan)::BIGINT AS fen
FROM (
    SELECT firm, wan,
           (booth_fees_y1::HUGEINT * 50 + foreign_certs_y1 * wan * 100) // (100 * yuan) * yuan
           - foreign_trade_superior_y1 AS gross
    FROM firms, today, (SELECT 100::HUGEINT AS yuan, 1000000::HUGEINT AS wan)
    WHERE day >= DATE '2026-01-01'
      AND district = '320114' AND firm_size IN ('medium', 'small', 'micro')
      AND export_y1 >= export_y2 AND (export_y2 > 0 OR export_y1 >= 100 * wan)
      AND (booth_fees_y1 > 0 OR foreign_certs_y1 >= 1)
      AND NOT customs_dishonest AND NOT abnormal_operation
)
WHERE gross > 0
