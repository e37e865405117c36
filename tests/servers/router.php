<?php
// Routes PHP's built-in server to MediaWiki and keeps a log of the requests, one JSON object a line.

$path = rawurldecode( parse_url( $_SERVER['REQUEST_URI'], PHP_URL_PATH ) );
$core = getenv( 'HERALD_CORE' );
$site = getenv( 'HERALD_SITE' );

$parameters = array_diff_key( $_GET + $_POST, [ 'lgpassword' => 1, 'lgtoken' => 1, 'token' => 1, 'text' => 1 ] );
$line = json_encode( [
	'method' => $_SERVER['REQUEST_METHOD'],
	'path' => $path,
	'parameters' => $parameters,
	'agent' => $_SERVER['HTTP_USER_AGENT'] ?? '',
], JSON_INVALID_UTF8_SUBSTITUTE | JSON_UNESCAPED_SLASHES );
file_put_contents( "$site/requests.log", $line . "\n", FILE_APPEND | LOCK_EX );

// A test may make the wiki answer badly: the file's text is "STATUS SECONDS-TO-WAIT PARAMETER=VALUE", and where
// there is no parameter in it, every request is meant.
if ( is_file( "$site/broken" ) ) {
	[ $status, $seconds, $only ] = explode( ' ', file_get_contents( "$site/broken" ), 3 );
	[ $name, $value ] = explode( '=', "$only=" );
	if ( $only === '' || ( $parameters[$name] ?? null ) === $value ) {
		sleep( (int)$seconds );
		http_response_code( (int)$status );
		echo 'Out of order';
		return true;
	}
}

if ( str_starts_with( $path, '/w/images/' ) ) {
	$file = realpath( $site . substr( $path, 2 ) );
	if ( $file === false || !str_starts_with( $file, realpath( "$site/images" ) . '/' ) || !is_file( $file ) ) {
		http_response_code( 404 );
		echo 'No such file';
		return true;
	}
	header( 'Content-Type: ' . ( mime_content_type( $file ) ?: 'application/octet-stream' ) );
	header( 'Content-Length: ' . filesize( $file ) );
	readfile( $file );
	return true;
}

$script = 'index.php';
if ( preg_match( '~^/w/((?:api|index|load|rest|thumb)\.php)(?:/|$)~', $path, $match ) ) {
	$script = $match[1];
}
$_SERVER['SCRIPT_NAME'] = $_SERVER['PHP_SELF'] = "/w/$script";
$_SERVER['SCRIPT_FILENAME'] = "$core/$script";
chdir( $core );
require "$core/$script";
return true;
