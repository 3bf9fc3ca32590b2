# Two images from one build, so that the application and the converter in its Kafka Connect worker are of one version.

FROM docker.io/library/maven:3.9-eclipse-temurin-17 AS build
WORKDIR /build
COPY .mvn .mvn
COPY pom.xml application.properties ./
COPY src/main src/main
RUN --mount=type=cache,target=/root/.m2 \
    mvn -B -ntp -q -Dmaven.test.skip=true -Dspotless.check.skip=true package

# Kafka's own image as a Connect worker, with Debezium and the converter.
FROM docker.io/apache/kafka:4.1.1 AS connect
COPY --from=build /build/target/connect-plugins /opt/connect-plugins
COPY src/main/docker/connect-worker.properties /opt/connect-worker.properties
EXPOSE 8083
CMD ["/opt/kafka/bin/connect-distributed.sh", "/opt/connect-worker.properties"]

# The application without the embedded parts. Debian 13 has PostgreSQL 17's pg_dump, which copies the schema.
FROM docker.io/library/debian:trixie-slim AS caravan
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates curl postgresql-client-17 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 10001 --no-create-home --home-dir /opt/caravan --shell /usr/sbin/nologin caravan
COPY --from=docker.io/library/eclipse-temurin:17-jre /opt/java/openjdk /opt/java/openjdk
ENV PATH=/opt/java/openjdk/bin:$PATH \
    CARAVAN_EMBEDDED=none \
    CARAVAN_HTTP_HOST=0.0.0.0 \
    CARAVAN_MANAGEMENT_HOST=0.0.0.0
WORKDIR /opt/caravan
COPY --from=build /build/target/lib target/lib
COPY --from=build /build/target/caravan.jar target/caravan.jar
COPY --from=build /build/target/connect-plugins target/connect-plugins
COPY application.properties ./
COPY routes routes
COPY scripts/jvm.options scripts/jvm.options
RUN mkdir data && chown caravan: data
USER caravan
EXPOSE 8080 9876
ENTRYPOINT ["java", "@scripts/jvm.options", "-jar", "target/caravan.jar"]
CMD ["run"]
