import io.caravan.config.Part;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What tables cost that hardly change: until all are copied and streaming, a change of each, the stop, memory and threads. */
final class ManyTables {
    /** In both databases; a thousand tables in one query would measure PostgreSQL's planner. */
    private static final String FUNCTIONS =
            """
            create procedure make(tables int) language plpgsql as $$
            begin
              for n in 1..tables loop
                execute format('create table t_%1$s (id int primary key, note text, made timestamptz default now())', n);
                execute format('create index on t_%1$s (note)', n);
                commit; -- the locks of thousands of tables do not fit into one transaction
              end loop;
            end $$;
            create procedure fill(tables int, first int, last int) language plpgsql as $$
            begin
              for n in 1..tables loop
                execute format('insert into t_%1$s select i, %1$s || ''-'' || i from generate_series(%2$s, %3$s) i', n, first, last);
                commit;
              end loop;
            end $$;
            create function has_all(tables int, key int) returns boolean language plpgsql as $$
            declare it boolean;
            begin
              for n in reverse tables..1 loop
                execute format('select exists (select from t_%1$s where id = %2$s)', n, key) into it;
                if not it then return false; end if;
              end loop;
              return true;
            end $$;
            create function checksum(tables int) returns text language plpgsql as $$
            declare it numeric; sum numeric := 0;
            begin
              for n in 1..tables loop
                execute format('select coalesce(sum(hashtextextended(r::text, %1$s)), 0) from t_%1$s r', n) into it;
                sum := sum + it;
              end loop;
              return sum;
            end $$""";

    private static final int ROWS = 100;

    private final Parts parts;
    private final Path home;
    private final Path directory;
    private final Report report;

    ManyTables(Parts parts, Path home, Path directory, Report report) {
        this.parts = parts;
        this.home = home;
        this.directory = directory;
        this.report = report;
    }

    void run(int tables) throws Exception {
        String what = "tables " + tables + " ";
        String source = "bench_tables";
        String target = "t_tables";
        parts.dropSlot(target);
        for (Part part : List.of(Part.SOURCE, Part.TARGET)) {
            String database = part == Part.SOURCE ? source : target;
            parts.drop(part, database);
            parts.run(part, "postgres", "create database " + database);
            parts.run(part, database, FUNCTIONS, "call make(" + tables + ")");
        }
        parts.run(Part.SOURCE, source, "call fill(%d, 1, %d)".formatted(tables, ROWS));
        parts.checkpoint();
        try (CaravanRun run = new CaravanRun(parts, home, directory, source, target, true)) {
            long started = System.nanoTime();
            run.start();
            Meter meter = new Meter(parts, run.pid());
            run.awaitReady();
            report.add(what + "ready s", secondsSince(started));
            report.addAll(what + "start cpu s", meter.cpu(), 1);
            Files.readAllLines(run.log()).stream()
                    .filter(line -> line.matches("  [a-z-]+ +[0-9.]+ s"))
                    .forEach(line -> System.out.println("    " + line.strip()));
            long changed = System.nanoTime();
            parts.run(Part.SOURCE, source, "call fill(%d, %d, %d)".formatted(tables, ROWS + 1, ROWS + 1));
            report.add(what + "a change of each written s", secondsSince(changed));
            while (!parts.ask(Part.TARGET, target, "select has_all(%d, %d)".formatted(tables, ROWS + 1)).equals(List.of("t"))) {
                run.requireAlive();
                if (secondsSince(changed) > 900) {
                    throw new IllegalStateException("A change of each of " + tables + " tables has not come in 900 s.");
                }
                Thread.sleep(100);
            }
            report.add(what + "a change of each seen s", secondsSince(changed));
            String checksum = "select checksum(%d)".formatted(tables);
            if (!parts.ask(Part.SOURCE, source, checksum).equals(parts.ask(Part.TARGET, target, checksum))) {
                throw new IllegalStateException("The tables differ.");
            }
            Meter idle = new Meter(parts, run.pid());
            Thread.sleep(20_000);
            report.addAll(what + "idle % of a core", idle.cpu(), 100 / idle.wall());
            report.add(what + "peak MiB", Meter.peakMib(run.pid()));
            report.add(what + "threads", Files.list(Path.of("/proc/" + run.pid() + "/task")).count());
            long stopping = System.nanoTime();
            run.stop();
            report.add(what + "stop s", secondsSince(stopping));
        }
    }

    private static double secondsSince(long nanos) {
        return (System.nanoTime() - nanos) / 1e9;
    }
}
