--
-- As pg_dump writes it, and what people add by hand
--
\restrict 2VxpBBM3YgsP
SET statement_timeout = 0;
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);

BEGIN;
CREATE TABLE public.device (
    id integer PRIMARY KEY, -- a comment; with a semicolon
    name text DEFAULT 'a;b' NOT NULL,
    "odd;name" text DEFAULT E'it\'s; fine'
);

CREATE FUNCTION public.twice(i integer) RETURNS integer LANGUAGE plpgsql AS $_$
BEGIN
    RETURN i * 2; /* not the end; */
END;
$_$;
CREATE FUNCTION public.sign_of(i integer) RETURNS text LANGUAGE sql BEGIN ATOMIC
    SELECT CASE WHEN i < 0 THEN '-' ELSE '+' END;
END; INSERT INTO public.device VALUES (1, '{d ''2026-01-01''} ?', DEFAULT);

COPY public.device (id, name, "odd;name") FROM stdin;
2	pump; 'large'	\N
3	C:\\temp	ü\tö
\.

/* /* nested; */ still a comment; */ SELECT count(*) FROM public.device;
COMMIT;
\unrestrict 2VxpBBM3YgsP
