-- By tenths of match_probability: pairs of :set that were kept, their mean probability and the share that
-- is true; "off" where a hundred pairs or more differ by more than .05.
SELECT quote_ident(:'set' || '_match') AS match \gset
SELECT bin, count(*), round(avg(match_probability)::numeric, 3), round(avg(same::int), 3),
       CASE WHEN count(*) >= 100 AND abs(avg(match_probability) - avg(same::int)) > .05 THEN 'off' ELSE '-' END
FROM (SELECT least(floor(match_probability * 10), 9)::int AS bin, match_probability, l.cluster_id = r.cluster_id AS same
      FROM :match JOIN :"truth" l ON l.record_key = left_key JOIN :"truth" r ON r.record_key = right_key) p
GROUP BY bin ORDER BY bin;
