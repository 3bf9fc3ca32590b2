package io.caravan.embedded;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** {@link StackParent} in a process group of its own, as a terminal makes one for a command. */
record ParentProcess(Process process, BufferedReader output, List<Long> pids) {

    static ParentProcess start(Path directory) throws IOException {
        List<String> command = new ArrayList<>(OwnSession.prefix());
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-Dcaravan.jar=" + System.getProperty("caravan.jar", "target/caravan.jar"));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), StackParent.class.getName()));
        command.add(directory.toString());
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        BufferedReader output = process.inputReader();
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            System.out.println("parent: " + line);
            if (line.startsWith("STARTED ")) {
                return new ParentProcess(process, output, pids(line.substring("STARTED ".length())));
            }
        }
        throw new IllegalStateException("The parent did not start");
    }

    private static List<Long> pids(String commaList) {
        return Stream.of(commaList.split(",", -1)).map(Long::valueOf).toList();
    }

    /** Those of the stack's processes that are still there. */
    List<Long> children() {
        return pids.stream().filter(pid -> ProcessHandle.of(pid).isPresent()).toList();
    }
}
