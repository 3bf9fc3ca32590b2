package io.caravan.preflight;

import static io.caravan.preflight.SourceChecks.flag;
import static io.caravan.preflight.SourceChecks.text;

import io.caravan.postgres.Database;
import io.caravan.postgres.Identifier;
import io.caravan.postgres.Publication;
import io.caravan.postgres.PublicationState;
import io.caravan.postgres.Table;
import io.caravan.postgres.TableName;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Whether the publication can be made or completed by Caravan's role, and leaves out nothing. */
final class PublicationChecks {
    /** As many are named as a person reads. */
    private static final int NAMED = 5;

    private final Connection connection;
    private final Database source;
    private final Publication publication;
    private final List<Finding> findings = new ArrayList<>();

    PublicationChecks(Connection connection, Database source, Publication publication) {
        this.connection = connection;
        this.source = source;
        this.publication = publication;
    }

    /** @param toBeFilled the pipeline is about to put the tables into it */
    List<Finding> run(List<Table> tables, boolean toBeFilled) throws SQLException {
        Optional<PublicationState> there = PublicationState.of(connection, publication.name());
        there.ifPresent(this::partial);
        if (there.isEmpty() && !flag(connection, "select has_database_privilege(current_database(), 'create')")) {
            findings.add(new Finding(
                    "publication",
                    "Role " + source.user() + " may not create publication " + publication.name() + ".",
                    "Run GRANT CREATE ON DATABASE " + Identifier.quote(text(connection, "select current_database()"))
                            + " TO " + Identifier.quote(source.user())
                            + ", or create the publication as an administrator."));
        }
        if (toBeFilled) {
            ownership(tables);
        }
        return findings;
    }

    private void partial(PublicationState there) {
        if (!there.partialMembers().isEmpty()) {
            findings.add(new Finding(
                    "publication",
                    "Publication " + publication.name() + " has a row filter or a column list on "
                            + String.join(", ", there.partialMembers()) + ", so it leaves out changes.",
                    "Take the tables out of it (ALTER PUBLICATION " + Identifier.quote(publication.name())
                            + " DROP TABLE …); Caravan adds them whole."));
        }
    }

    /**
     * CREATE PUBLICATION and ALTER PUBLICATION … ADD TABLE ask for the owner of each table, whatever else is granted. Not of
     * those that prepare-source leaves out, because they must not be published as they are: another finding has them.
     */
    private void ownership(List<Table> tables) throws SQLException {
        Set<TableName> published = publication.tables(connection);
        List<TableName> others = new ArrayList<>();
        for (Table table : tables) {
            if (table.canReplicateDeletes()
                    && !published.contains(table.name())
                    && !flag(
                            connection,
                            "select pg_has_role(relowner, 'usage') from pg_class where oid = "
                                    + Identifier.literal(table.name().sql()) + "::regclass")) {
                others.add(table.name());
            }
        }
        if (!others.isEmpty()) {
            findings.add(new Finding(
                    "publication",
                    "Role " + source.user() + " does not own "
                            + others.stream()
                                    .limit(NAMED)
                                    .map(TableName::toString)
                                    .collect(Collectors.joining(", "))
                            + (others.size() > NAMED ? " and " + (others.size() - NAMED) + " more" : "")
                            + ", and only an owner can put a table into publication " + publication.name() + ".",
                    "Run 'prepare-source', with which an administrator does it, or GRANT the owner's role to "
                            + Identifier.quote(source.user()) + "."));
        }
    }
}
