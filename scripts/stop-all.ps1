# Stops the Caravan of this folder, and with it the databases, Kafka and Kafka Connect that it brought along. Their data
# stay; the next start goes on from there. With --config FILE, the one that was started with it.

. (Join-Path $PSScriptRoot 'functions.ps1')

try {
    Read-Arguments $args
    $id = Get-CaravanId
    if (-not $id) {
        Write-Host "Caravan is not running (neither $data/caravan.pid nor addresses.json names a process of it)."
        exit 0
    }

    Write-Host "Stopping Caravan, process $id."
    # Windows has no signal that asks a process to end. Caravan loses no row when it is killed, and its parts end with it.
    if ($onWindows) { Stop-Process -Id $id -Force } else { & '/bin/sh' -c "kill -TERM $id" }
    $since = Get-Date
    # Caravan itself gives up waiting for its parts after 40 s.
    while (((Get-Date) - $since).TotalSeconds -lt 45) {
        if (-not (Test-Caravan $id)) {
            Remove-Item "$data/caravan.pid" -ErrorAction SilentlyContinue
            Write-Host ('Stopped after {0:n1} s.' -f ((Get-Date) - $since).TotalSeconds)
            exit 0
        }
        Start-Sleep -Milliseconds 100
    }
    Stop-WithMessage "Process $id is still there after 45 s. Wait, or end it with: Stop-Process $id (no row is lost by that)."
} finally {
    $env:CARAVAN_JAVA_OPTS = $givenJavaOptions
}
