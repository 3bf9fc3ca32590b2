package io.caravan.guard;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravan.guard.StoredOffsets.Stored;
import io.caravan.postgres.Lsn;
import org.junit.jupiter.api.Test;

class ConnectOffsetsTest {
    @Test
    void offsetsAreReadAsKafkaConnectTellsThem() throws Exception {
        String answer = """
                {"offsets":[{"partition":{"server":"ome"},"offset":{"lsn_proc":23000,"messageType":"UPDATE",
                "lsn_commit":24000,"lsn":23500,"timeline":2,"txId":771,"ts_usec":1790000000000000}}]}""";
        assertThat(ConnectOffsets.parse(answer)).contains(new Stored(new Lsn(23500), new Lsn(24000), 2, true));
        String sealed = answer.replace("\"txId\"", "\"commit\":24000,\"seal\":%d,\"txId\"");
        long seal = 31L * (31 * (31 * (31 * 23500 + 23000) + 24000) + 24000) + 2;
        assertThat(ConnectOffsets.parse(sealed.formatted(seal)))
                .contains(new Stored(new Lsn(23500), new Lsn(24000), 2, true));
        assertThat(ConnectOffsets.parse(sealed.formatted(seal).replace("\"lsn\":2", "\"lsn\":92")))
                .hasValueSatisfying(set -> assertThat(set.own()).isFalse());
        assertThat(ConnectOffsets.parse("{\"offsets\":[]}")).isEmpty();
    }
}
