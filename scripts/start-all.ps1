# Builds Caravan when needed and runs it until Ctrl-C. With -d or --background it returns when Caravan is ready; then what
# it says goes on in console.log of the data folder, and stop-all.ps1 stops it. All other words go to the command run, and
# the words of CARAVAN_JAVA_OPTS to the JVM.

. (Join-Path $PSScriptRoot 'functions.ps1')

# Returns when the log has the line READY, or with the process' exit code when it ends before.
function Wait-Ready($process, [string] $log) {
    $shown = 0
    do {
        Start-Sleep -Milliseconds 300
        $ended = $process.HasExited
        $lines = @(Get-Content $log)
        $lines | Select-Object -Skip $shown | Out-Host
        $shown = $lines.Count
        $ready = $lines -match '^READY '
    } until ($ready -or $ended)
    if (-not $ready) {
        Get-Content "$log.err" | Out-Host
        [Console]::Error.WriteLine("Caravan ended with exit code $($process.ExitCode) before it was ready; see $log.")
        exit $process.ExitCode
    }
}

function Start-InBackground([string[]] $words) {
    New-Item -ItemType Directory -Force $data | Out-Null
    $log = Join-Path $data 'console.log' # caravan.log is the application's own
    if (Test-Path $log) { Move-Item -Force $log "$log.1" }
    $options = @{
        FilePath = $java
        ArgumentList = $words | ForEach-Object { if ($_ -match '\s') { "`"$_`"" } else { $_ } }
        RedirectStandardOutput = $log
        RedirectStandardError = "$log.err"
        PassThru = $true
    }
    # A console of its own, so that closing this one does not end it. Elsewhere there is no such option.
    if ($onWindows) { $options.WindowStyle = 'Hidden' }
    $process = Start-Process @options
    $null = $process.Handle # without it PowerShell 5.1 forgets the exit code
    Set-Content (Join-Path $data 'caravan.pid') $process.Id
    Wait-Ready $process $log
    Write-Host "Caravan is ready, as process $($process.Id); what it says goes on in $log. scripts/stop-all.ps1 stops it."
}

try {
    Read-Arguments $args
    Push-Location $projectHome
    $running = Get-CaravanId
    if ($running) { Stop-WithMessage "Caravan runs already, as process $running. scripts/stop-all.ps1 stops it." }
    Find-Java
    Build-Caravan
    Share-Classes
    $words = $javaOptions + '-jar' + 'target/caravan.jar' + 'run' + $arguments
    if ($background) {
        Start-InBackground $words
        exit 0
    }
    & $java $words
    exit $LASTEXITCODE
} finally {
    $env:CARAVAN_JAVA_OPTS = $givenJavaOptions
    Pop-Location
}
