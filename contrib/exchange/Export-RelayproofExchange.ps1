<#
.SYNOPSIS
Exports what `relayproof audit` reads of Exchange: receive connectors, their permissions, accepted domains.

.DESCRIPTION
Run it in the Exchange Management Shell of Exchange 2013, 2016, 2019 or Subscription Edition. It only reads (Get-
commands), and writes four small files of JSON into a folder. Copy the folder to where relayproof is installed:

    relayproof audit relayproof-exchange

.PARAMETER Path
The folder to write to. It is made if it does not exist.

.PARAMETER Server
Only this server's connectors. Without it, those of all servers that answer.

.EXAMPLE
.\Export-RelayproofExchange.ps1 -Path C:\Temp\relayproof-exchange
#>
[CmdletBinding()]
param(
    [string]$Path = '.\relayproof-exchange',
    [string]$Server
)

$ErrorActionPreference = 'Stop'

function ConvertTo-Texts($Values) {
    # Lists as lists of texts: neither -Depth nor $FormatEnumerationLimit cuts them off.
    , @($Values | Where-Object { $null -ne $_ } | ForEach-Object { "$_" })
}

function Get-Sid($User) {
    # The name of an account depends on the language of the server, its SID does not.
    try {
        (New-Object Security.Principal.NTAccount("$User")).Translate([Security.Principal.SecurityIdentifier]).Value
    } catch {
        ''
    }
}

function Write-Export([string]$Name, $Objects) {
    $json = ConvertTo-Json -InputObject @($Objects) -Depth 4
    $file = Join-Path (Resolve-Path $Path) $Name
    [IO.File]::WriteAllText($file, $json, (New-Object Text.UTF8Encoding $false))
    Write-Verbose "$file written"
}

if (-not (Get-Command Get-ReceiveConnector -ErrorAction SilentlyContinue)) {
    throw 'Get-ReceiveConnector is not here: run this script in the Exchange Management Shell.'
}
if (-not (Test-Path $Path)) { New-Item -ItemType Directory -Path $Path | Out-Null }

$found = if ($Server) { Get-ReceiveConnector -Server $Server } else { Get-ReceiveConnector }

$connectors = foreach ($connector in $found) {
    [ordered]@{
        Identity             = "$($connector.Identity)"
        Name                 = "$($connector.Name)"
        Server               = "$($connector.Server)"
        Enabled              = [bool]$connector.Enabled
        TransportRole        = "$($connector.TransportRole)"
        Bindings             = ConvertTo-Texts $connector.Bindings
        RemoteIPRanges       = ConvertTo-Texts $connector.RemoteIPRanges
        PermissionGroups     = "$($connector.PermissionGroups)"
        AuthMechanism        = "$($connector.AuthMechanism)"
        RequireTLS           = [bool]$connector.RequireTLS
        DomainSecureEnabled  = [bool]$connector.DomainSecureEnabled
        TlsDomainCapabilities = ConvertTo-Texts $connector.TlsDomainCapabilities
    }
}
Write-Export 'connectors.json' $connectors

$permissions = foreach ($connector in $found) {
    foreach ($entry in (Get-ADPermission -Identity $connector.DistinguishedName)) {
        [ordered]@{
            Identity       = "$($connector.Identity)"
            User           = "$($entry.User)"
            UserSid        = Get-Sid $entry.User
            Deny           = [bool]$entry.Deny
            IsInherited    = [bool]$entry.IsInherited
            AccessRights   = ConvertTo-Texts $entry.AccessRights
            ExtendedRights = ConvertTo-Texts $entry.ExtendedRights
        }
    }
}
Write-Export 'permissions.json' $permissions

$domains = foreach ($domain in (Get-AcceptedDomain)) {
    [ordered]@{
        Identity        = "$($domain.Identity)"
        Name            = "$($domain.Name)"
        DomainName      = "$($domain.DomainName)"
        DomainType      = "$($domain.DomainType)"
        MatchSubDomains = [bool]$domain.MatchSubDomains
        Default         = [bool]$domain.Default
    }
}
Write-Export 'accepted-domains.json' $domains

$servers = foreach ($one in (Get-ExchangeServer)) {
    [ordered]@{
        Name                = "$($one.Name)"
        AdminDisplayVersion = "$($one.AdminDisplayVersion)"
        ServerRole          = "$($one.ServerRole)"
    }
}
Write-Export 'exchange-servers.json' $servers

Write-Host "Exported to $(Resolve-Path $Path). Copy the folder, and run: relayproof audit $(Split-Path -Leaf (Resolve-Path $Path))"
