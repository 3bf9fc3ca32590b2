# Compares source and target while Caravan runs; if they are equal and hold the demo, sends a row through: insert, update,
# delete. All words go to the command verify. Exit code 0: equal, and the row travelled.

. (Join-Path $PSScriptRoot 'functions.ps1')

try {
    Read-Arguments $args
    Push-Location $projectHome
    Find-Java
    Build-Caravan
    & $java -jar target/caravan.jar verify $arguments
    # Nothing is written into a source that could not be compared, or that the target does not follow.
    if ($LASTEXITCODE -ne 0 -or $arguments -contains '--help' -or $arguments -contains '-h') { exit $LASTEXITCODE }

    & $java -cp target/caravan.jar scripts/LiveTest.java $arguments
    exit $LASTEXITCODE
} finally {
    $env:CARAVAN_JAVA_OPTS = $givenJavaOptions
    Pop-Location
}
