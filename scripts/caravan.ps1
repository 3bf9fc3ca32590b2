# A command of Caravan: scripts/caravan.ps1 [COMMAND] [OPTIONS], as java -jar target/caravan.jar takes them. It builds nothing
# and stays in the folder of the caller, so names of files are meant from there.

. (Join-Path $PSScriptRoot 'functions.ps1')

try {
    $jar = Join-Path $projectHome 'target/caravan.jar'
    if (-not (Test-Path $jar)) {
        Stop-WithMessage "$jar is not built. Run 'mvn package -DskipTests' in $projectHome, or scripts/start-all.ps1, which builds and starts."
    }
    Find-Java
    & $java $javaOptions -jar $jar $args
    exit $LASTEXITCODE
} finally {
    $env:CARAVAN_JAVA_OPTS = $givenJavaOptions
}
