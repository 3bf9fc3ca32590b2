# Compares source and target while Caravan runs; then, on the demo database, sends a row through: insert, update, delete.
# All words go to the command verify. Exit code 0: equal, and the row travelled.

. (Join-Path $PSScriptRoot 'functions.ps1')

try {
    Read-Arguments $args
    Push-Location $projectHome
    Find-Java
    Build-Caravan
    & $java -jar target/caravan.jar verify $arguments
    $code = $LASTEXITCODE
    # Above 1 nothing was compared, so there is nothing to send a row through.
    if ($code -gt 1 -or $arguments -contains '--help' -or $arguments -contains '-h') { exit $code }

    & $java -cp target/caravan.jar scripts/LiveTest.java $arguments
    if ($LASTEXITCODE -ne 0) { $code = $LASTEXITCODE }
    exit $code
} finally {
    $env:CARAVAN_JAVA_OPTS = $givenJavaOptions
    Pop-Location
}
