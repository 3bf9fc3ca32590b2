# Dot-sourced by the scripts beside it: the project folder, Java, the build, and which process is Caravan's.
# Runs on Windows PowerShell 5.1 and on PowerShell 7; plain ASCII, since 5.1 reads it so.

$ErrorActionPreference = 'Stop'
$projectHome = Split-Path -Parent $PSScriptRoot
$onWindows = $env:OS -eq 'Windows_NT'

# For the JVM, not a setting: Caravan refuses variables named CARAVAN_ that set no key. The callers restore it.
$givenJavaOptions = $env:CARAVAN_JAVA_OPTS
$javaOptions = @('@' + (Join-Path $PSScriptRoot 'jvm.options')) + @("$givenJavaOptions".Split(' ') | Where-Object { $_ })
$env:CARAVAN_JAVA_OPTS = $null

function Stop-WithMessage([string] $message) {
    [Console]::Error.WriteLine($message)
    exit 1
}

# Splits the words of the command line: sets background, config, data and arguments.
function Read-Arguments([string[]] $words) {
    $script:background = $false
    $script:arguments = @()
    $script:config = Join-Path $projectHome 'application.properties'
    for ($i = 0; $i -lt $words.Count; $i++) {
        $word = $words[$i]
        if ($word -eq '-d' -or $word -eq '--background') {
            $script:background = $true
        } elseif ($word -eq '--config' -or $word -like '--config=*') {
            if ($word -eq '--config') { $i++; $file = $words[$i] } else { $file = $word.Substring(9) }
            if (-not $file) { Stop-WithMessage '--config needs the name of a file.' }
            # A relative name is meant from where the user is.
            $script:config = [IO.Path]::Combine((Get-Location).ProviderPath, $file)
            $script:arguments += '--config', $config
        } else {
            $script:arguments += $word
        }
    }
    # The folder of caravan.embedded.dir, relative to the settings file like there.
    $folder = $env:CARAVAN_EMBEDDED_DIR
    if (-not $folder -and (Test-Path $config)) {
        $line = Get-Content $config | Where-Object { $_ -match '^\s*caravan\.embedded\.dir\s*[=:]' } | Select-Object -Last 1
        $folder = "$line" -replace '^[^=:]*[=:]\s*', ''
    }
    if (-not $folder) { $folder = 'data' }
    $script:data = [IO.Path]::Combine((Split-Path -Parent $config), $folder.Trim())
}

function Find-Java {
    $script:java = 'java'
    if ($env:JAVA_HOME) { $script:java = [IO.Path]::Combine($env:JAVA_HOME, 'bin', 'java') }
    if (-not (Get-Command $java -ErrorAction SilentlyContinue)) {
        Stop-WithMessage "There is no Java ($java). Install a JDK 17 or newer, or set JAVA_HOME to one."
    }
    # Java 8 does not know --version and prints nothing here.
    $version = "$(& $java --version | Select-Object -First 1)"
    if (-not ($version -match '^\S+ (\d+)') -or [int] $Matches[1] -lt 17) {
        Stop-WithMessage "Caravan needs Java 17 or newer; $java is '$version'. Set JAVA_HOME to another."
    }
}

# Maven and the compiler are needed only when the jar is missing or older than what it is made of.
function Build-Caravan {
    $jar = Join-Path $projectHome 'target/caravan.jar'
    $sources = @(Get-Item (Join-Path $projectHome 'pom.xml'))
    $sources += Get-ChildItem (Join-Path $projectHome 'src/main') -Recurse -File
    if ((Test-Path $jar) -and -not ($sources | Where-Object { $_.LastWriteTime -gt (Get-Item $jar).LastWriteTime })) {
        return
    }
    if (-not (Get-Command mvn -ErrorAction SilentlyContinue)) {
        Stop-WithMessage "$jar has to be built, and there is no Maven. Install Maven 3.8 or newer."
    }
    if (-not (& $java --list-modules | Where-Object { $_ -like 'jdk.compiler*' })) {
        Stop-WithMessage "$jar has to be built, and $java is a JRE. Install a JDK, or set JAVA_HOME to one."
    }
    Write-Host 'Building Caravan; the first time takes some minutes, since Maven downloads its libraries.'
    # Maven ends with the code that resets colours, into a pipe too, unless its JVM is told otherwise.
    $givenMavenOptions = $env:MAVEN_OPTS
    $env:MAVEN_OPTS = "$givenMavenOptions -Djansi.noreset=true".Trim()
    & mvn -q -B '-Dmaven.test.skip=true' '-Dspotless.check.skip=true' -f (Join-Path $projectHome 'pom.xml') package | Out-Host
    $env:MAVEN_OPTS = $givenMavenOptions
    if ($LASTEXITCODE -ne 0) { Stop-WithMessage 'The build failed; see above.' }
    (Get-Item $jar).LastWriteTime = Get-Date # Maven leaves the jar as it is when a newer file changes nothing in it
}

# Adds to javaOptions the application's classes as a JVM has them once they are loaded and verified (class data sharing): a
# start takes a second less. Made once for each jar, by a start that finds no server; a JVM that cannot use it does without.
function Share-Classes {
    $jar = Join-Path $projectHome 'target/caravan.jar'
    $archive = Join-Path $projectHome 'target/caravan.jsa'
    if (-not (Test-Path $archive) -or (Get-Item $archive).LastWriteTime -lt (Get-Item $jar).LastWriteTime) {
        $work = Join-Path ([IO.Path]::GetTempPath()) ([Guid]::NewGuid().ToString())
        New-Item -ItemType Directory -Path $work | Out-Null
        $given = @(Get-ChildItem env: | Where-Object { $_.Name -like 'CARAVAN_*' })
        $given | ForEach-Object { Remove-Item "env:$($_.Name)" }
        $none = @{
            CARAVAN_EMBEDDED = 'none'; CARAVAN_EMBEDDED_DIR = $work; CARAVAN_ROUTES = (Join-Path $projectHome 'routes')
            CARAVAN_SOURCE_URL = 'jdbc:postgresql://localhost:1/none'; CARAVAN_TARGET_URL = 'jdbc:postgresql://localhost:1/none'
            CARAVAN_KAFKA_BOOTSTRAP_SERVERS = 'localhost:1'; CARAVAN_CONNECT_URL = 'http://localhost:1'
            CARAVAN_HTTP_PORT = '0'; CARAVAN_MANAGEMENT_PORT = '0'; CARAVAN_WAIT_SECONDS = '1'
        }
        try {
            $none.Keys | ForEach-Object { Set-Item "env:$_" $none[$_] }
            $made = Join-Path $work 'caravan.jsa'
            Start-Process $java -ArgumentList ($javaOptions + "-XX:ArchiveClassesAtExit=$made" + '-jar', $jar, 'run') -Wait `
                -RedirectStandardOutput (Join-Path $work 'output') -RedirectStandardError (Join-Path $work 'errors')
            if (Test-Path $made) { Move-Item -Force $made $archive }
        } finally {
            $none.Keys | ForEach-Object { Remove-Item "env:$_" }
            $given | ForEach-Object { Set-Item "env:$($_.Name)" $_.Value }
            Remove-Item -Recurse -Force $work
        }
    }
    $script:javaOptions += "-XX:SharedArchiveFile=$archive", '-Xshare:auto', '-Xlog:disable', '-Xlog:all=error:stderr'
}

# Whether this process is Caravan itself. Numbers are used again, and its children have caravan.jar on their class path.
function Test-Caravan([string] $id) {
    if ($onWindows) {
        $command = (Get-CimInstance Win32_Process -Filter "ProcessId = $id").CommandLine
    } elseif (Test-Path "/proc/$id/cmdline") {
        $command = [IO.File]::ReadAllText("/proc/$id/cmdline").Replace([char] 0, ' ')
    } else {
        $command = & '/bin/ps' -p $id -o args=
    }
    return "$command" -match 'java.* -jar .*caravan\.jar'
}

# The process that start-all noted, or the one whose addresses lie in its folder (addresses.json once it is ready). Nothing when there is none.
function Get-CaravanId {
    $ids = @()
    if (Test-Path "$data/caravan.pid") { $ids += Get-Content "$data/caravan.pid" -TotalCount 1 }
    foreach ($file in "$data/addresses.json", "$data/starting.json") {
        if (Test-Path $file) { $ids += (Get-Content -Raw $file | ConvertFrom-Json).pid }
    }
    return $ids | Where-Object { Test-Caravan $_ } | Select-Object -First 1
}
