<?php
// Stands in for the extension FlaggedRevs, which Debian does not have: prop=flagged tells of each page which of its
// revisions flagged.json calls stable, in the shape of https://www.mediawiki.org/wiki/Extension:FlaggedRevs#API
class HeraldFlagged extends ApiQueryBase {
	public function execute() {
		$stable = json_decode( file_get_contents( __DIR__ . '/flagged.json' ), true );
		foreach ( $this->getPageSet()->getGoodPages() as $id => $page ) {
			$title = Title::castFromPageIdentity( $page )->getPrefixedText();
			if ( isset( $stable[$title] ) ) {
				$data = [ 'stable_revid' => $stable[$title], 'level' => 0, 'level_text' => 'stable' ];
				$this->getResult()->addValue( [ 'query', 'pages', $id ], 'flagged', $data );
			}
		}
	}
}
