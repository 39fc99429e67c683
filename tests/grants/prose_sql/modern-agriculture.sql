-- modern-agriculture 现代农业经营主体补助: what the clauses were understood to say
-- 一 district 320114; cooperative of >= 30 households, or company that is a leading firm of any level.
-- 二 >= 50 mu of land, contracts until 2030-12-31 or later.
-- 三 insured land >= 80 % of the land (none: unknown).
-- 四 nothing abandoned, no failed sample, no misused land.
-- 五 200 yuan a mu insured + 1 wan a certificate, at most 20 wan.
SELECT firm, '' AS stage, LEAST(gross, 20 * wan)::BIGINT AS fen
FROM (
    SELECT firm, wan, farm_insured_mu * 200 * yuan + farm_certs * wan AS gross
    FROM firms, today, (SELECT 100::HUGEINT AS yuan, 1000000::HUGEINT AS wan)
    WHERE day BETWEEN DATE '2026-01-01' AND DATE '2028-12-31'
      AND district = '320114'
      AND ((entity_type = 'cooperative' AND farm_members >= 30)
           OR (entity_type = 'company' AND farm_leader_level IN ('district', 'municipal', 'provincial', 'national')))
      AND farm_land_mu >= 50 AND farm_land_until >= DATE '2030-12-31'
      AND CASE WHEN farm_land_mu > 0 THEN farm_insured_mu * 100::HUGEINT >= 80 * farm_land_mu::HUGEINT END
      AND NOT farm_abandoned AND NOT farm_sample_failed_y1 AND NOT farm_land_misused
)
WHERE gross > 0
